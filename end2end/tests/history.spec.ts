// The history: what is written and was never live, what is compared, and the way back when a secret is gone.
import { CodeEditor } from "../support/editor.ts";
import { expect, hydrated, open, register, test } from "../support/fixtures.ts";

const SOURCE = `export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log("first");
}
`;
const READING = SOURCE.replace('"first"', "event.secrets.CRM_KEY");

test("the draft stands above the versions, and a comparison has an address", async ({ page, project, management }) => {
  const hook = await management.createHook(project, "beforeSignup", "Compared", SOURCE);
  const address = `/console/p/${project}/hooks/${hook.id}/history`;
  await open(page, address);
  const versions = page.getByRole("table", { name: "Versions" });
  await expect(versions.getByRole("row", { name: /^Draft/ })).toContainText("Never deployed");
  await management.deploy(project, hook.id, "First version");
  await management.saveDraft(project, hook, SOURCE.replace("first", "second"));
  await page.reload();
  await hydrated(page);
  await expect(versions.getByRole("row", { name: /^Draft/ })).toContainText("Changed since the last deployment");
  await expect(versions.getByRole("row", { name: /^v1/ })).toContainText("Live");

  await page.getByRole("button", { name: "Compare the draft with what is live" }).click();
  const dialog = page.getByRole("dialog", { name: "Compare versions" });
  await expect(dialog).toContainText('console.log("second")');
  await expect(page).toHaveURL(/\?compare=v1\.\.draft$/);
  await page.reload();
  await hydrated(page);
  await expect(dialog).toContainText('console.log("second")');
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(page).toHaveURL(/\/history$/);
});

test.describe("a secret that is gone", () => {
  test.use({ expectedErrors: /status of 422/ });

  test("a15 a16 has to be insisted on, for a deployment and for a rollback", async ({
    page,
    project,
    management,
    request,
  }) => {
    const hook = await management.createHook(project, "beforeSignup", "Lacking", READING);
    await open(page, `/console/p/${project}/hooks/${hook.id}`);
    await new CodeEditor(page).focus();
    await expect(page.getByRole("status", { name: "Problems" })).toContainText("Missing secrets: CRM_KEY");
    await page.keyboard.press("ControlOrMeta+Shift+Enter");
    const deploying = page.getByRole("dialog", { name: /^Deploy v1/ });
    await expect(deploying.getByRole("list", { name: "Checks" })).toContainText("Secrets: missing: CRM_KEY");
    await expect(deploying.getByRole("list", { name: "Checks" })).toContainText("Types: no errors");
    const deploy = deploying.getByRole("button", { name: /^Deploy v1 to/ });
    await expect(deploy).toBeDisabled();
    await deploying.getByLabel("Deploy anyway").check();
    await deploy.click();
    await expect(page.getByText("v1 is live")).toBeVisible();
    expect((await register(request, project, "ada@example.com")).status).toBe(201);

    await management.saveDraft(project, hook, SOURCE);
    await management.deploy(project, hook.id, "Without the secret");
    await open(page, `/console/p/${project}/hooks/${hook.id}/history`);
    await page.getByRole("button", { name: "Roll back to v1" }).click();
    const back = page.getByRole("dialog", { name: "Roll back “Lacking” to v1?" });
    await back.getByRole("button", { name: /^Roll back/ }).click();
    await expect(back.getByRole("alert")).toContainText("CRM_KEY");
    await expect(back.getByRole("button", { name: /^Roll back/ })).toBeDisabled();
    expect((await management.hook(project, hook.id)).live_version).toBe(2);
    await back.getByLabel("Roll back anyway").check();
    await back.getByRole("button", { name: /^Roll back/ }).click();
    await expect(page.getByRole("row", { name: /^v3/ })).toContainText("Live");
  });
});
