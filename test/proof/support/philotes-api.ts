import { Checkout } from "./checkout";

/** The namespace of all that it makes. */
export const namespace = "philotes";

/** An API of Philotes with its database, of stack dev. */
export function philotesApi(): Checkout {
  const checkout = new Checkout(["philotes"]);
  const off = { mode: "off", data: "discard" };
  checkout.set(["philotes", "worker", "enabled"], false);
  checkout.set(["philotes", "lakekeeper"], off);
  checkout.set(["philotes", "objectStore"], off);
  return checkout;
}
