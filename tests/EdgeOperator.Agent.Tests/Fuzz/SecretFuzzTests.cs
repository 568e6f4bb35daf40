using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>What whoever writes to a source encrypts, or changes: it is opened, or refused by a problem or a <see cref="SecretFormatException"/> that quotes nothing.</summary>
public sealed class SecretFuzzTests
{
    private const string Canary = "canary-hunter2";

    private static readonly AgeIdentity Device = AgeIdentity.Generate();

    [Fact]
    public void Files_of_age_are_opened_or_refused() => Fuzzing.Feed(
        [AgeFile.Encrypt("text"u8, [AgeIdentity.Generate().Recipient, Device.Recipient]), Encoding.ASCII.GetBytes(AgeArmor.Add(AgeFile.Encrypt(new byte[200], [Device.Recipient])))],
        bytes =>
        {
            OpenOrRefuse(() => AgeFile.Decrypt(bytes, [Device]));
            return Task.CompletedTask;
        });

    [Fact]
    public void Files_of_SOPS_are_opened_or_refused() => Fuzzing.Feed([Sample()], bytes => OpenOrRefuse(() =>
    {
        var problems = new ProblemCollector();
        var documents = YamlReader.Read(new("secret.yaml", bytes), problems);
        if (documents.Any(SopsFile.IsEncrypted))
            SopsFile.Parse(documents, problems)?.Open([Device]);
        problems.Problems.Should().NotContain(problem => problem.ToString().Contains(Canary));
    }));

    [Fact]
    public void Texts_are_encrypted_anew_or_refused() => Fuzzing.Feed([Sample(), Plain], bytes =>
    {
        var text = Encoding.UTF8.GetString(bytes);
        OpenOrRefuse(() => SopsWriter.Rotate(text, [Device], [Device.Recipient], DateTimeOffset.UnixEpoch));
        OpenOrRefuse(() => SopsWriter.Rewrap(text, [Device], [Device.Recipient]));
        OpenOrRefuse(() => SopsWriter.Encrypt(text, [Device.Recipient], DateTimeOffset.UnixEpoch));
    });

    private const string Plain = $"# a comment\nkind: Secret\nspec:\n  stringData:\n    a: {Canary}\n    b: 'x' # another\n    c: |\n      {Canary}\n    d: [1, true]\n";

    private static string Sample() => SopsWriter.Encrypt(Plain, [Device.Recipient], DateTimeOffset.UnixEpoch);

    private static void OpenOrRefuse(Action open)
    {
        try
        {
            open();
        }
        catch (SecretFormatException e)
        {
            e.ToString().Should().NotContain(Canary);
        }
    }
}
