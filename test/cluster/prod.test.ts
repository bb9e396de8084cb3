import { describeLifecycle } from "./lifecycle";

describe("stack prod on its embedded cluster", () => {
  describeLifecycle("prod", true);
});
