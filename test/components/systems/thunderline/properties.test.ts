/** Proves that no choice of settings breaks what has to hold for all; which choice is wise, it does not say. */
import { keepingOverrides, richCluster, thunderlineOverrides } from "../../../support/arbitraries";
import { describeProperties } from "../../../support/properties";
import { thunderline } from "../../../support/thunderline";

describeProperties({
  key: "thunderline",
  build: thunderline,
  cluster: richCluster,
  any: thunderlineOverrides,
  keeping: keepingOverrides,
  keeper: "prod",
});
