/** Proves that no choice of settings breaks what has to hold for all; which choice is wise, it does not say. */
import { faultmaven } from "../../../support/faultmaven";
import {
  cluster,
  faultmavenOverrides,
  keepingOverrides,
} from "../../../support/faultmaven-arbitraries";
import { describeProperties } from "../../../support/properties";

describeProperties({
  key: "faultmaven",
  build: faultmaven,
  cluster,
  any: faultmavenOverrides,
  keeping: keepingOverrides,
  keeper: "prod",
});
