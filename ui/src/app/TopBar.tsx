import { Group, Menu, UnstyledButton } from "@mantine/core";
import { LogOut } from "lucide-react";
import { useNavigate } from "react-router";
import { ask } from "../api/client";
import { useSessionChange } from "../api/session";
import { showFailure } from "../components/FailureToast";
import { SoftphoneBar } from "../features/desk/SoftphoneBar";
import { LanguageMenu } from "./LanguageMenu";
import { useMe } from "./session";
import styles from "./TopBar.module.css";
import { useKeepPreferences } from "./useKeepPreferences";
import { useWords } from "./words";

/** The bar on top: who and where one is. */
export function TopBar() {
  const me = useMe();
  const keep = useKeepPreferences();
  return (
    <div className={styles["bar"]}>
      <Group gap="sm" wrap="nowrap" miw={0}>
        <img src="/mark.svg" alt="" width={24} height={24} />
        <span className={`cut ${styles["place"] ?? ""}`}><bdi>{me.client?.name ?? me.centre.name}</bdi></span>
      </Group>
      <div className={styles["middle"]}><SoftphoneBar /></div>
      <Group gap="sm" wrap="nowrap">
        <LanguageMenu keep={keep} />
        <PersonMenu />
      </Group>
    </div>
  );
}

function PersonMenu() {
  const { say } = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const { forget } = useSessionChange();
  const leave = async () => {
    try {
      await ask("DELETE", "/api/session");
      await navigate("/sign-in");
      forget();
    } catch (error) {
      showFailure(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={styles["person"] ?? ""} aria-label={say("shell.person", { name: me.user.name })}>
          <bdi className="cut">{me.user.name}</bdi>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.roles.map((role) => say(`role.${role}`)).join(" · ")}</Menu.Label>
        <Menu.Item onClick={() => void navigate("/account")}>{say("nav.account")}</Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void leave()}>{say("shell.sign_out")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
