"""Other credentials, or another endpoint, than those of the account where things sleep: nothing is called, forgotten or woken."""
from asleep import ASLEEP, AWAKE, CHANGES
from static_aws import StaticAws
from waiting import wait_for

OTHER = "210987654321"


def keys_of(company, account):
    """Keys that the emulator takes for that account's."""
    keys = company.client("sts", "us-east-1").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/other", RoleSessionName="other")["Credentials"]
    return {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"]}


def sign_in(doze, keys):
    """As `aws configure` does: a new file in the place of the old one."""
    folder = doze.folder / ".aws"
    folder.mkdir(exist_ok=True)
    (folder / "new").write_text("[default]\n" + "".join(f"{name.lower()} = {value}\n" for name, value in keys.items()))
    (folder / "new").replace(folder / "credentials")


def wait_for_states(company, states, what):
    wait_for(lambda: company.states() == states, f"{what}; it is {company.states()}")


def test_another_account_is_told_and_left_alone_until_the_right_one_is_back(doze, company, proxy, screen):
    own = {name: doze.environment.pop(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    other = keys_of(company, OTHER)
    proxy.secrets[other["AWS_ACCESS_KEY_ID"]] = other["AWS_SECRET_ACCESS_KEY"]
    doze.allowed_errors.append("The credentials changed meanwhile")  # What was being asked just then.
    sign_in(doze, own)
    doze.start()
    doze.leave()
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    rows = wait_for(lambda: [one for one in doze.json("status")["resources"] if one["step"] == "asleep"] or None, "rows")

    sign_in(doze, other)
    doze.wait_log(f"It is of account 123456789012.*, and the credentials in use are of account {OTHER}")
    doze.return_to(screen)
    one = rows[0]["id"]
    refused = doze.cli("start", one)
    assert refused.returncode != 0 and OTHER in refused.stderr, refused
    assert company.states() == ASLEEP
    assert not [call for call in proxy.calls()
                if call.operation in CHANGES and call.access_key == other["AWS_ACCESS_KEY_ID"]]
    assert any("account" in (each["trouble"] or "") for each in doze.json("status")["resources"])

    sign_in(doze, own)
    wait_for_states(company, AWAKE, "everything is as it was, without a restart")
    doze.wait_log("The credentials of the right account are back")


def test_an_endpoint_that_has_nothing_takes_nothing_away(doze, company, screen, outliving):
    doze.start()
    doze.leave()
    wait_for_states(company, ASLEEP, "everything registered sleeps")
    doze.stop()
    endpoint = doze.environment["AWS_ENDPOINT_URL"]
    elsewhere = outliving(StaticAws(0))
    doze.allowed_errors.append("something other than AWS may answer there")  # What it says of clusters.
    doze.environment["AWS_ENDPOINT_URL"] = elsewhere.endpoint
    doze.start()
    doze.wait_log("It is of account 123456789012 at .*, and ")
    doze.stop()
    doze.environment["AWS_ENDPOINT_URL"] = endpoint
    doze.start()
    doze.return_to(screen)
    wait_for_states(company, AWAKE, "everything is as it was")
