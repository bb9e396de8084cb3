/** Proves the names alone; that a registry serves them, only a cluster with one can show. */
import { pulledImage } from "../../config/image-name";

const digest = `sha256:${"0".repeat(64)}`;

describe("an image", () => {
  it("is pulled under its own name where the stack has no registry", () => {
    expect(pulledImage(undefined, "postgres:16.4")).toBe("postgres:16.4");
  });

  it.each([
    ["postgres:16.4", "docker.io/library/postgres:16.4"],
    ["thunderline/app:2.1.0", "docker.io/thunderline/app:2.1.0"],
    ["docker.io/thunderline/app:2.1.0", "docker.io/thunderline/app:2.1.0"],
    ["ghcr.io/livebook-dev/livebook:0.12.1", "ghcr.io/livebook-dev/livebook:0.12.1"],
    ["registry:5000/app:1.0", "registry:5000/app:1.0"],
    ["localhost/app:1.0", "localhost/app:1.0"],
    [`quay.io/minio/mc@${digest}`, `quay.io/minio/mc@${digest}`],
  ])("is pulled through the stack's registry by its full name: %s", (image, full) => {
    expect(pulledImage("mirror.example.com/cache", image)).toBe(`mirror.example.com/cache/${full}`);
  });
});
