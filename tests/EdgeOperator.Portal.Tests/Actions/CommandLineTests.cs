using EdgeOperator.Portal.Actions;
using EdgeOperator.Portal.Hub;
using EdgeOperator.Testing;

namespace EdgeOperator.Portal.Tests.Actions;

/// <summary>Command lines that are shown can be pasted as they are.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("plain-name_1.2")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("it's")]
    [InlineData("$(touch /tmp/pwned)")]
    [InlineData("`id`'\"\\!")]
    [InlineData("{\"a\":\"it's $HOME\"}")]
    [InlineData("a\nb; rm -rf *")]
    public async Task A_shell_takes_a_word_as_it_is(string word) =>
        (await Shell.RunAsync("sh", "-c", $"printf '[%s]' {ShellWords.Line(word)}")).Should().Be($"[{word}]");

    [Fact]
    public void Every_action_has_one_and_a_call_and_words_for_its_end()
    {
        var input = new ActionInput(new Dictionary<string, string> { ["device"] = "till-1", ["resource"] = "EdgeModule/web", ["labels"] = "site=berlin role-", ["request"] = "abc", ["name"] = "anna", ["role"] = "Viewer", ["token"] = "t", ["fleet"] = "tills", ["view"] = "mine", ["repository"] = "shop", ["commit"] = "1a2b", ["fleets"] = "tills, scales" });

        PortalAction.All.Values.Select(a => $"{a.Name}: {a.Command(input)}").Should().Equal(
            "device.reconcile: edgeop hub reconcile till-1 EdgeModule/web",
            "device.suspend: edgeop hub suspend till-1 EdgeModule/web",
            "device.resume: edgeop hub resume till-1 EdgeModule/web",
            "device.rollback: edgeop hub rollback till-1",
            "device.restart: edgeop hub restart till-1 EdgeModule/web",
            "device.stop: edgeop hub stop till-1 EdgeModule/web",
            "device.start: edgeop hub start till-1 EdgeModule/web",
            "device.label: edgeop hub devices label till-1 site=berlin role-",
            "device.decommission: edgeop hub devices decommission till-1",
            "enrollment.approve: edgeop hub enrollments approve till-1 -l site=berlin -l role-",
            "enrollment.deny: edgeop hub enrollments deny till-1",
            "rollout.pause: edgeop hub rollouts pause tills",
            "rollout.resume: edgeop hub rollouts resume tills",
            "rollout.approve: edgeop hub rollouts approve tills",
            "rollout.skip: edgeop hub rollouts skip tills",
            "rollout.abort: edgeop hub rollouts abort tills",
            "rollout.rollback: edgeop hub rollouts rollback tills",
            "repository.sync: edgeop hub repositories sync shop",
            "repository.approve: edgeop hub repositories approve shop --commit 1a2b",
            "alert.test: edgeop hub alerts test",
            """view.save: curl -H "Authorization: Bearer $TOKEN" -X PUT "$HUB"/api/v1/views/mine -d '{"name":"anna","labels":"site=berlin role-","state":null,"where":null}'""",
            """view.remove: curl -H "Authorization: Bearer $TOKEN" -X DELETE "$HUB"/api/v1/views/mine""",
            "user.create: edgeop hub users create anna --role Viewer --fleet tills --fleet scales",
            "user.role: edgeop hub users role anna --role Viewer --fleet tills --fleet scales",
            "user.reset: edgeop hub users reset-password anna",
            "user.remove: edgeop hub users delete anna",
            "token.create: edgeop hub tokens create anna --role Viewer --fleet tills --fleet scales --days 90",
            "token.remove: edgeop hub tokens delete t");
        PortalAction.All.Values.Should().OnlyContain(a => a.Call(input).Method != "GET" && a.Done(input, null).Length > 0);
    }

    [Theory]
    [InlineData("200", null)]
    [InlineData("409", "the device answers: it is suspended")]
    public void A_device_that_says_no_is_quoted(string status, string? problem) =>
        DeviceActions.Reconcile.Problem(System.Text.Json.Nodes.JsonNode.Parse($$"""{"status":{{status}}, "payload":{"detail":"it is suspended"} }""")).Should().Be(problem);

    [Theory]
    [InlineData("""{"Message":"ErrorCode:ArgumentInvalid;it is wrong; very"}""", "it is wrong; very")]
    [InlineData("""{"Message":"{\"errorCode\":404103,\"message\":\"Timed out waiting for device to connect.\"}"}""", "Timed out waiting for device to connect.")]
    [InlineData("{}", "")]
    public void The_hub_s_errors_are_read_without_their_codes(string body, string text) =>
        new HubAnswer(400, System.Text.Json.Nodes.JsonNode.Parse(body), "x").Message.Should().Be(text);
}
