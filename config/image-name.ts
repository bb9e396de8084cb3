/** An image as the cluster pulls it: through the stack's registry where it names one. */
export function pulledImage(registry: string | undefined, image: string): string {
  return registry === undefined ? image : `${registry}/${qualified(image)}`;
}

/** The full name that a container runtime makes of a short one. */
export function qualified(image: string): string {
  const [first, ...rest] = image.split("/");
  if (rest.length === 0) return `docker.io/library/${image}`;
  const hasHost = first !== undefined && (/[.:]/.test(first) || first === "localhost");
  return hasHost ? image : `docker.io/${image}`;
}
