import { describeLifecycle } from "./lifecycle";

describe("stack staging on its embedded cluster", () => {
  describeLifecycle("staging", true);
});
