/** Proves that no choice of settings breaks what has to hold for all; which choice is wise, it does not say. */
import { richCluster } from "../../../support/arbitraries";
import { messengers, philotes } from "../../../support/philotes";
import { keepingPhilotes, philotesOverrides } from "../../../support/philotes-arbitraries";
import { describeProperties } from "../../../support/properties";

describeProperties({
  key: "philotes",
  build: philotes,
  cluster: richCluster,
  any: philotesOverrides,
  keeping: keepingPhilotes,
  // In prod its stores are somebody else's.
  keeper: "staging",
  surroundings: { messengers },
});
