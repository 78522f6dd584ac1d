import { FileSpreadsheet, History, KeyRound, Landmark, PhoneCall, UserCog, Webhook } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { Suspense, lazy } from "react";
import { NavLink, Navigate, Route, Routes } from "react-router";
import { NotFound } from "../../app/NotFound";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import styles from "./AdministrationPage.module.css";
import { FACTS, GROUPS } from "./entries/sections";
import { CentrePage } from "./CentrePage";
import { ListPage } from "./ListPage";
import { NewNumberPage } from "./numbers/NewNumberPage";

const ScriptPage = lazy(async () => ({ default: (await import("./scripts/ScriptPage")).ScriptPage }));
const ImportPage = lazy(async () => ({ default: (await import("./sheets/ImportPage")).ImportPage }));
const HistoryPage = lazy(async () => ({ default: (await import("./past/HistoryPage")).HistoryPage }));
const UsersPage = lazy(async () => ({ default: (await import("../people/UsersPage")).UsersPage }));
const KeysPage = lazy(async () => ({ default: (await import("../people/KeysPage")).KeysPage }));
const WebhooksPage = lazy(async () => ({ default: (await import("../people/WebhooksPage")).WebhooksPage }));

/** Everything a centre is set up with, a page for each part, beside one another. */
export function Component() {
  const { say } = useWords();
  const may = useMay();
  const reads = may("organisation.read");
  const edits = may("organisation.edit");
  const first = edits ? "new-number" : reads ? "numbers" : "users";
  return (
    <div className={styles["page"]}>
      <nav className={styles["nav"]} aria-label={say("nav.administration")}>
        {edits && <ul><Item to="new-number" icon={PhoneCall} label={say("quick.title")} /></ul>}
        {reads && <ul><Item to="centre" icon={Landmark} label={say("one.centre")} /></ul>}
        {reads && GROUPS.map(({ label, sections }) => (
          <div key={label}>
            <h2>{say(label)}</h2>
            <ul>{sections.map((section) => <Item key={section} to={section} icon={FACTS[section].icon} label={say(`section.${section}`)} />)}</ul>
          </div>
        ))}
        <div>
          <h2>{say("group.access")}</h2>
          <ul>
            {may("users.manage") && <Item to="users" icon={UserCog} label={say("people.users")} />}
            {may("keys.manage") && <Item to="keys" icon={KeyRound} label={say("people.keys")} />}
            {may("webhooks.manage") && <Item to="webhooks" icon={Webhook} label={say("people.webhooks")} />}
            {edits && <Item to="import" icon={FileSpreadsheet} label={say("import.title")} />}
            {edits && <Item to="history" icon={History} label={say("history.title")} />}
          </ul>
        </div>
      </nav>
      <div className={styles["work"]}>
        <Suspense>
          <Routes>
            <Route index element={<Navigate to={first} replace />} />
            {edits && <Route path="new-number" element={<NewNumberPage />} />}
            {reads && <Route path="centre" element={<CentrePage />} />}
            {reads && GROUPS.flatMap(({ sections }) => sections.map((section) => (
              <Route key={section} path={section} element={<ListPage key={section} section={section} />} />
            )))}
            {reads && <Route path="scripts/:id" element={<ScriptPage />} />}
            {edits && <Route path="import" element={<ImportPage />} />}
            {edits && <Route path="history" element={<HistoryPage />} />}
            {may("users.manage") && <Route path="users" element={<UsersPage />} />}
            {may("keys.manage") && <Route path="keys" element={<KeysPage />} />}
            {may("webhooks.manage") && <Route path="webhooks" element={<WebhooksPage />} />}
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </div>
    </div>
  );
}

function Item({ to, icon: Icon, label }: { to: string; icon: LucideIcon; label: string }) {
  return <li><NavLink to={`/administration/${to}`} className={styles["link"] ?? ""}><Icon size={16} aria-hidden /><span>{label}</span></NavLink></li>;
}
