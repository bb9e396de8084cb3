import { type FaultMavenSettings, providerHosts } from "../../../config/systems/faultmaven";
import { type Endpoint, endpointAt, externalEndpoint } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import type { Scope } from "../../scope";

type Model = NonNullable<FaultMavenSettings["model"]>;

/** The key of each provider in the Secret, and the variables by which the application knows it. */
const keyed = {
  openai: { key: "openai-api-key", variable: "OPENAI_API_KEY", model: "OPENAI_MODEL" },
  anthropic: { key: "anthropic-api-key", variable: "ANTHROPIC_API_KEY", model: "ANTHROPIC_MODEL" },
  groq: { key: "groq-api-key", variable: "GROQ_API_KEY", model: "GROQ_MODEL" },
} as const;

/** The key that the chosen provider needs: its name in the Secret, its variable, and where it comes from. */
export function modelKey(model: Model | undefined):
  | {
      readonly key: string;
      readonly variable: string;
      readonly choice: Exclude<Model, { provider: "ollama" }>["apiKey"];
    }
  | undefined {
  return model === undefined || model.provider === "ollama"
    ? undefined
    : { ...keyed[model.provider], choice: model.apiKey };
}

/** Where the chosen provider is reached. */
export function modelEndpoint(scope: Scope, model: Model): Endpoint {
  return model.provider === "ollama"
    ? endpointAt(scope, "model", model.url)
    : externalEndpoint(scope, "model", providerHosts[model.provider], 443);
}

/** What the application has to know of its provider besides the key. */
export function modelEnv(model: Model): Env {
  const name = model.provider === "ollama" ? "OLLAMA_MODEL" : keyed[model.provider].model;
  return {
    LLM_PROVIDER: model.provider,
    ...(model.provider === "ollama" ? { OLLAMA_HOST: model.url } : {}),
    ...(model.model === undefined ? {} : { [name]: model.model }),
  };
}
