export { checks } from "./checks";
export { writings } from "./probing";
export { declaredBy, validate, type ValidateOptions } from "./validate";
