// Where the input of a test comes from, which code it runs, and what its result is worth later.
import { expectAccessible } from "../support/axe.ts";
import { CodeEditor } from "../support/editor.ts";
import { expect, open, register, test } from "../support/fixtures.ts";

const FIRST = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("first", event.user.email);
}
`;
const SECOND = FIRST.replace("first", "second");

test("a13 a recorded run is the input of a test, and can be replayed from its page", async ({
  page,
  project,
  management,
  request,
}) => {
  const hook = await management.liveHook(project, "beforeSignup", "Recorded", FIRST);
  await register(request, project, "grace@example.com");
  await open(page, `/console/p/${project}/runs`);
  await page.getByRole("table", { name: "Runs" }).getByRole("link", { name: "Recorded" }).click();
  await expect(page.getByRole("link", { name: "Replay as dry run" })).toBeVisible();
  await expectAccessible(page, "a run");
  await page.getByRole("link", { name: "Replay as dry run" }).click();
  await expect(page).toHaveURL(new RegExp(`/hooks/${hook.id}\\?run=run_`));
  await expect(page.getByRole("radio", { name: "Recorded run" }).locator("visible=true")).toBeChecked();
  const event = page.getByLabel("Event", { exact: true });
  await expect(event).toHaveValue(/"email": "grace@example.com"/);
  await expect(page.getByRole("combobox", { name: "Recorded run" }).locator("visible=true")).toHaveValue(/^run_/);
  await page.getByRole("button", { name: /^Run(?! again)/ }).locator("visible=true").click();
  await expect(page.getByRole("region", { name: "Last test" })).toContainText("first grace@example.com");

  // The other kinds of input; what was chosen is there on coming back.
  await page.getByRole("radio", { name: "Blank" }).locator("visible=true").check();
  await expect(event).toHaveValue(/"email": ""/);
  await page.getByRole("radio", { name: "Recorded run" }).locator("visible=true").check();
  await expect(event).toHaveValue(/"email": "grace@example.com"/);
});

test("a13 an edited example is not called an example", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Edited", FIRST);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const event = page.getByLabel("Event", { exact: true });
  await expect(event).toHaveValue(/dana@example.com/);
  await expect(page.getByRole("radio", { name: "Example", exact: true }).locator("visible=true")).toBeChecked();
  await event.fill('{"user": {"email": "own@example.com"}}');
  await expect(page.getByRole("radio", { name: "Example, edited" })).toBeChecked();
  await page.getByRole("button", { name: /^Run(?! again)/ }).locator("visible=true").click();
  await expect(page.getByRole("region", { name: "Last test" })).toContainText("first own@example.com");
  await page.getByRole("button", { name: "Take the changes back" }).locator("visible=true").click();
  await expect(event).toHaveValue(/dana@example.com/);
  await expect(page.getByRole("radio", { name: "Example", exact: true }).locator("visible=true")).toBeChecked();
});

test("a13 a result says that it is an earlier one's once the text or the input has changed", async ({
  page,
  project,
  management,
}) => {
  const hook = await management.createHook(project, "beforeSignup", "Stale", FIRST);
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  const editor = new CodeEditor(page);
  await editor.focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  const dock = page.getByRole("region", { name: "Last test" });
  await expect(dock).toContainText("first dana@example.com");
  const again = page.getByRole("button", { name: "Run again" }).locator("visible=true");
  await expect(again).toHaveCount(0);
  await editor.replace(SECOND);
  await expect(page.getByText("From an earlier text or input").locator("visible=true")).toBeVisible();
  await expectAccessible(page, "a result of an earlier text");
  await again.click();
  await expect(dock).toContainText("second dana@example.com");
  await expect(again).toHaveCount(0);
});

test("a14 the whole endpoint takes a recorded request and runs the version that was chosen", async ({
  page,
  project,
  management,
  request,
}) => {
  const refusing = FIRST.replace("console.log", 'api.access.deny("closed", "v1 says no"); console.log');
  const hook = await management.liveHook(project, "beforeSignup", "Chosen", refusing);
  await register(request, project, "grace@example.com");
  await management.saveDraft(project, hook, FIRST);
  await management.deploy(project, hook.id, "Open again");

  await open(page, `/console/p/${project}/runs`);
  await page.getByRole("table", { name: "Runs" }).getByRole("link", { name: "Chosen" }).click();
  await page.getByRole("link", { name: "Replay the whole request" }).click();
  const body = page.getByLabel("Request body", { exact: true });
  await expect(body).toHaveValue(/"email": "grace@example.com"/);
  // The password was never recorded.
  await expect(body).toHaveValue(/"password": "correct horse battery"/);
  const result = page.getByRole("region", { name: "Result of the test" });
  const run = page.getByRole("button", { name: /^Run(?! again)/ });
  await run.click();
  await expect(result.getByRole("status")).toContainText("Allowed: 201");
  await expect(result.getByLabel("Request", { exact: true })).toContainText("POST /auth/register");
  await expect(result).toContainText("ES256");
  await expectAccessible(page, "a result with its token");

  await page.getByLabel("“Chosen” runs").selectOption("v1");
  await expect(page.getByText("From an earlier text or input")).toBeVisible();
  await run.click();
  await expect(result.getByRole("status")).toContainText("v1 says no");
  expect(await management.users(project)).toEqual([]);

  // In the editor the same choice, for the hook that is being edited.
  await open(page, `/console/p/${project}/hooks/${hook.id}`);
  await page.getByRole("radio", { name: "Whole endpoint" }).check();
  await page.getByLabel("Version of this hook").selectOption("v1");
  await run.locator("visible=true").click();
  await expect(result.locator("visible=true").getByRole("status")).toContainText("v1 says no");
});
