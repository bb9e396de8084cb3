import { compose } from "./compose";
import { json } from "./json";
import { markdown } from "./markdown";
import type { Review } from "./review";
import { terminal } from "./terminal";

export { isForbidden, type Review, reviewOf, type Subject } from "./review";

export const formats = ["text", "md", "json"] as const;
export type Format = (typeof formats)[number];

/** A review as people or machines read it. */
export function reportText(review: Review, format: Format): string {
  switch (format) {
    case "json":
      return json(review);
    case "md":
      return markdown(compose(review));
    case "text":
      return terminal(compose(review));
  }
}
