/** Nothing is here yet. */
export function Component() {
  return null;
}
