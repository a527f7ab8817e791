// The management API, as far as tests prepare something with it or look behind the console.
import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";

export interface Hook {
  id: string;
  state: string;
  live_version: number | null;
  draft: { source: string; revision: number };
  settings: { cpu_ms: number; wall_ms: number; memory_mb: number; allowed_hosts: string[] };
}

export class Management {
  constructor(private readonly request: APIRequestContext) {}

  async createProject(name: string, slug: string): Promise<void> {
    await this.send("post", "/api/v2/projects", { name, slug });
  }

  async createHook(project: string, trigger: string, name: string, source?: string): Promise<Hook> {
    return this.send("post", `/p/${project}/api/v2/hooks`, { trigger, name, source });
  }

  async hook(project: string, id: string): Promise<Hook> {
    return this.send("get", `/p/${project}/api/v2/hooks/${id}`);
  }

  async hooks(project: string): Promise<Hook[]> {
    const answer = await this.send<Hook[] | { hooks: Hook[] }>("get", `/p/${project}/api/v2/hooks`);
    return Array.isArray(answer) ? answer : answer.hooks;
  }

  async updateHook(project: string, hook: string, change: Record<string, unknown>): Promise<Hook> {
    return this.send("patch", `/p/${project}/api/v2/hooks/${hook}`, change);
  }

  async deploy(project: string, hook: string, note: string): Promise<void> {
    await this.send("post", `/p/${project}/api/v2/hooks/${hook}/deploy`, { note });
  }

  async rollBack(project: string, hook: string, version: number): Promise<void> {
    await this.send("post", `/p/${project}/api/v2/hooks/${hook}/versions/${version}/rollback`, {});
  }

  /** A hook that is live. */
  async liveHook(project: string, trigger: string, name: string, source: string): Promise<Hook> {
    const hook = await this.createHook(project, trigger, name, source);
    await this.deploy(project, hook.id, "First version");
    return hook;
  }

  async saveDraft(project: string, hook: Hook, source: string): Promise<void> {
    const { draft } = await this.hook(project, hook.id);
    await this.send("put", `/p/${project}/api/v2/hooks/${hook.id}/draft`, { source, revision: draft.revision });
  }

  async putSecret(project: string, name: string, value: string): Promise<void> {
    await this.send("put", `/p/${project}/api/v2/secrets/${name}`, { value });
  }

  /** E-mail addresses of the project's users. */
  async users(project: string): Promise<string[]> {
    const page = await this.send<{ users: { email: string }[] }>("get", `/p/${project}/api/v2/users`);
    return page.users.map((user) => user.email);
  }

  private async send<T>(method: "get" | "patch" | "post" | "put", address: string, data?: unknown): Promise<T> {
    const answer: APIResponse = await this.request[method](address, data === undefined ? {} : { data });
    const text = await answer.text();
    expect(answer.ok(), `${method} ${address} answered ${answer.status()}: ${text}`).toBe(true);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
