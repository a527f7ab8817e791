// The difference between the top level, which is evaluated once and kept, and a call. What differs from one moment to the
// next would be the same in every call if the top level kept it, so it is refused there.
const BuiltinTypeError = TypeError;
let loading = true;
// Promises that were rejected while the top level ran and that nothing handles.
const rejected = new Map();

/** Throws while the top level runs; `what` says which value would be the same in every call. */
export function refuseWhileLoading(what) {
  if (!loading) return;
  throw new BuiltinTypeError(
    `${what} is not available while the hook is loading, where every call would get the same value: call it inside the handler`,
  );
}

/** Whether the top level is being evaluated. */
export function isLoading() {
  return loading;
}

/** Ends loading; from here on there is a call. */
export function endLoading() {
  loading = false;
}

/** Remembers what is rejected while the top level runs. */
export function noteRejection(promise, reason, handled) {
  if (!loading) return;
  if (handled) rejected.delete(promise);
  else rejected.set(promise, reason);
}

/** Called when the top level has run: throws what was rejected and never handled, so that it is seen at once. */
export function loaded() {
  const [first] = rejected;
  rejected.clear();
  if (first) throw first[1];
}
