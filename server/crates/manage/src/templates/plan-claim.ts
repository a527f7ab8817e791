// Copies the plan from app_metadata into the access token.
export async function onExecutePostLogin(event: PostUserLoginEvent, api: PostUserLoginApi) {
  api.accessToken.setCustomClaim("plan", event.user.app_metadata["plan"] ?? "free");
}
