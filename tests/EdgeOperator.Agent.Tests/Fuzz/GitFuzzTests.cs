using EdgeOperator.Agent.Sources.Git.Protocol;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>What a Git server answers.</summary>
public sealed class GitFuzzTests
{
    private const string Id = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void A_server_s_capabilities_are_read_or_refused() => Fuzzing.Feed(
        ["001e# service=git-upload-pack\n0000000eversion 2\n0015agent=git/2.39.5\n0013ls-refs=unborn\n0027fetch=shallow wait-for-done filter\n0012server-option\n0017object-format=sha1\n0000"],
        bytes => ReadOrRefuse(() => _ = LsRefs.ReadCapabilities(bytes)));

    [Fact]
    public void A_server_s_refs_are_read_or_refused() => Fuzzing.Feed(
        [$"0032{Id} HEAD\n003d{Id} refs/heads/main\n006a{Id} refs/tags/v1 peeled:{Id}\n0000"],
        bytes => ReadOrRefuse(() =>
        {
            foreach (var (name, id) in LsRefs.ReadRefs(bytes))
                (RemoteRef.IsObjectId(id) && !name.Any(char.IsControl)).Should().BeTrue();
        }));

    [Fact]
    public void A_server_s_pack_is_read_or_refused() => Fuzzing.Feed(
        [$"0011shallow-info\n0034shallow {Id}\n0001000dpackfile\n000a\u0002text\n0009\u0001PACK0000"],
        bytes => ReadOrRefuse(() => PackAnswer.Read(bytes).Shallow.Should().OnlyContain(id => RemoteRef.IsObjectId(id))));

    private static void ReadOrRefuse(Action read)
    {
        try
        {
            read();
        }
        catch (GitProtocolException)
        {
        }
    }
}
