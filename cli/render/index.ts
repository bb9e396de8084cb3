export { renderObjects, renderStack, type Rendering, type RenderOptions } from "./render";
export { type RenderedFile } from "./rewrite";
