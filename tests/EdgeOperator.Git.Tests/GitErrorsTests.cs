namespace EdgeOperator.Git.Tests;

public sealed class GitErrorsTests
{
    [Theory]
    [InlineData("fatal: unable to access 'https://x/': Could not resolve host: x", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': Failed to connect to x port 443 after 0 ms: Couldn't connect to server", "Unreachable")]
    [InlineData("ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.", "Unreachable")]
    [InlineData("error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 503", "Unreachable")]
    [InlineData("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", "AuthenticationFailed")]
    [InlineData("Host key verification failed.\nfatal: Could not read from remote repository.", "AuthenticationFailed")]
    [InlineData("fatal: could not read Username for 'https://x': terminal prompts disabled", "AuthenticationFailed")]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 403", "AuthenticationFailed")]
    [InlineData("fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none CRLfile: none", "AuthenticationFailed")]
    [InlineData("remote: You are not allowed to download code from this project.\nfatal: unable to access 'https://x/': The requested URL returned error: 500", "AuthenticationFailed")]
    [InlineData("fatal: repository 'https://x/' not found", "NotFound")]
    [InlineData("fatal: couldn't find remote ref refs/heads/x", "NotFound")]
    [InlineData("fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.", "NotFound")]
    [InlineData("fatal: transport 'ext' not allowed", "Refused")]
    [InlineData("fatal: remote error: upload-pack: not our ref 1234", "Refused")]
    [InlineData("error: Server does not allow request for unadvertised object 1234", "Refused")]
    [InlineData("fatal: not a git repository: '/x/repository.git'", "Corrupt")]
    [InlineData("error: object file objects/12/34 is empty\nfatal: loose object 1234 is corrupt", "Corrupt")]
    [InlineData("fatal: write error: No space left on device", "StorageUnavailable")]
    [InlineData("fatal: something that nobody has heard of", "Otherwise")]
    public void A_complaint_of_git_s_has_a_reason(string errors, string reason) =>
        GitErrors.Explain(new(128, errors), "Otherwise").Reason.Should().Be(reason);

    [Fact]
    public void A_message_is_the_line_that_tells()
    {
        var explained = GitErrors.Explain(new(128, "warning: x\nfatal: couldn't find remote ref refs/heads/x\n"), "Otherwise");

        explained.Message.Should().Be("couldn't find remote ref refs/heads/x");
    }

    [Fact]
    public void A_command_that_had_no_server_to_talk_to_is_not_blamed_on_one() =>
        GitErrors.ExplainLocal(new(128, "fatal: transport 'file' not allowed\nfatal: could not fetch 1 from promisor remote")).Reason.Should().Be("Corrupt");

    [Fact]
    public void A_silent_failure_names_the_exit_code() =>
        GitErrors.Explain(new(139, ""), "Otherwise").Message.Should().Contain("139");

    [Theory]
    [InlineData("fatal: unable to access 'https://me:secret@x/a': no", "fatal: unable to access 'https://x/a': no")]
    [InlineData("https://secret@x ssh://git@y", "https://x ssh://y")]
    [InlineData("https://a:b@secret@x/", "https://x/")]
    [InlineData("two\nlines\u001b[31m", "two lines [31m")]
    public void What_is_shown_has_neither_logins_nor_control_characters(string text, string shown) =>
        GitText.Clean(text).Should().Be(shown);

    [Fact]
    public void What_is_shown_is_short() => GitText.Clean(new string('x', 5000)).Length.Should().BeLessThan(310);
}
