import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "react-router";
import { RequestFailed } from "../../api/problems";
import { useSessionChange } from "../../api/session";
import { useWords } from "../../app/words";
import { Failure } from "../../components/Failure";
import { Frame } from "./Frame";
import { enterByLink } from "./requests";

/** Signs in with a link that works once; by a button, so that a mail scanner which opens links does not use it up. */
export function Component() {
  const { say } = useWords();
  const { token = "" } = useParams();
  const navigate = useNavigate();
  const { read } = useSessionChange();
  const entering = useMutation({
    mutationFn: async () => {
      await enterByLink(token);
      await read();
      await navigate("/", { replace: true });
    },
    meta: { toldInPlace: true },
  });
  const gone = entering.error instanceof RequestFailed && entering.error.status !== null && entering.error.status < 500;
  return (
    <Frame title={say("enter.title")}>
      <Stack>
        <Text>{say("enter.text")}</Text>
        {gone ? <Alert color="red" role="alert">{say("enter.gone")}</Alert> : entering.error && <Failure error={entering.error} />}
        {gone ? (
          <Button component={Link} to="/sign-in">{say("enter.else")}</Button>
        ) : (
          <Button autoFocus loading={entering.isPending} onClick={() => entering.mutate()}>{say("sign_in.do")}</Button>
        )}
      </Stack>
    </Frame>
  );
}
