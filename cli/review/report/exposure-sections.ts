import type { ExposureChange } from "../exposure";
import { changeSections, headingOf } from "./change-sections";
import { item, type Section } from "./report";
import type { Review } from "./review";
import { counted, shortened, strong, visible } from "./spans";

/** What opens is the risk, and what exists on paper only a fault; what closes is cut first. */
const order = ["new", "half", "gone"] as const;
const marks: Readonly<Record<ExposureChange["change"], string>> = {
  half: "one-sided",
  new: "new",
  gone: "gone",
};

/** Who can reach what, in words, and then the objects that say so. */
export function exposureSections(review: Pick<Review, "changes" | "exposure">): Section[] {
  const ways = order.flatMap((change) => review.exposure.filter((it) => it.change === change));
  const [objects] = changeSections(review, "exposure");
  if (objects === undefined) return [];
  if (ways.length === 0) return [objects];
  return [
    {
      heading: headingOf("exposure"),
      items: ways.map(({ change, text }) =>
        item([strong(marks[change]), `: ${shortened(visible(text), 300)}`]),
      ),
      importance: objects.importance,
      noun: "ways to reach something",
    },
    {
      items: objects.items,
      fold: `${counted(weightOf(objects), "change")} of objects for that`,
      importance: objects.importance - 1,
      noun: objects.noun,
    },
  ];
}

function weightOf({ items }: Section): number {
  return items.reduce((sum, { weight }) => sum + weight, 0);
}
