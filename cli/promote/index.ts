import { settingsIn } from "../workspace/settings";
import type { System } from "./images";
import { planPromotion, type PromotionPlan } from "./plan";
import { withImages } from "./rewrite";
import { requireNextStage } from "./stages";

/** A stack and the text of its file. */
export interface StackText {
  readonly stack: string;
  readonly text: string;
}

/** What is carried, and between which stacks. */
export interface PromotionOptions {
  readonly system: System;
  readonly source: StackText;
  readonly target: StackText;
  /** Whether a stage may be skipped or gone back. */
  readonly force: boolean;
}

/**
 * Carries the versions of a system's images from one stack file to another, as text.
 *
 * @throws UserError where that cannot be done, or not without anything else
 */
export function promotion(options: PromotionOptions): PromotionPlan & { readonly text: string } {
  const { system, force } = options;
  const source = { ...options.source, settings: settingsOf(options.source) };
  const target = { ...options.target, settings: settingsOf(options.target) };
  requireNextStage(source, target, force);
  const plan = planPromotion(system, source, target);
  return { ...plan, text: withImages(target, plan.promotions) };
}

function settingsOf({ stack, text }: StackText): ReturnType<typeof settingsIn> {
  return settingsIn(text, stack);
}
