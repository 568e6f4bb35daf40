using System.Text.RegularExpressions;
using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Secrets;

/// <summary>Against the program <c>age</c>, both ways.</summary>
public sealed partial class AgeProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Key => Path.Combine(_folder.Path, "key.txt");

    private string Plain => Path.Combine(_folder.Path, "plain");

    private string Encrypted => Path.Combine(_folder.Path, "encrypted");

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(65536)]
    [InlineData(150_000)]
    public async Task What_age_encrypts_is_read_armored_and_plain(int length)
    {
        var identity = await KeygenAsync();
        var text = await WriteAsync(length);
        foreach (string[] armor in new string[][] { [], ["--armor"] })
        {
            await Shell.RunAsync("age", [.. armor, "-r", AgeIdentity.Generate().Recipient.ToString(), "-r", identity.Recipient.ToString(), "-o", Encrypted, Plain]);

            AgeFile.Decrypt(await File.ReadAllBytesAsync(Encrypted), [AgeIdentity.Generate(), identity]).Should().Equal(text);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(150_000)]
    public async Task Age_reads_what_is_encrypted(int length)
    {
        var identity = await KeygenAsync();
        var text = await WriteAsync(length);
        await File.WriteAllBytesAsync(Encrypted, AgeFile.Encrypt(text, [AgeIdentity.Generate().Recipient, identity.Recipient]));

        await Shell.RunAsync("age", "-d", "-i", Key, "-o", Plain + ".again", Encrypted);

        (await File.ReadAllBytesAsync(Plain + ".again")).Should().Equal(text);
    }

    [Fact]
    public async Task Age_takes_an_identity_that_was_made_here()
    {
        var identity = AgeIdentity.Generate();
        await File.WriteAllTextAsync(Key, identity.Reveal() + "\n");

        (await Shell.RunAsync("age-keygen", "-y", Key)).Trim().Should().Be(identity.Recipient.ToString());
    }

    [Fact]
    public async Task A_file_for_another_recipient_is_refused()
    {
        await WriteAsync(10);
        await Shell.RunAsync("age", "-r", AgeIdentity.Generate().Recipient.ToString(), "-o", Encrypted, Plain);

        FluentActions.Invoking(() => AgeFile.Decrypt(File.ReadAllBytes(Encrypted), [AgeIdentity.Generate()])).Should()
            .Throw<SecretFormatException>().Which.Failure.Should().Be(SecretFailure.NoIdentity);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<AgeIdentity> KeygenAsync()
    {
        await Shell.RunAsync("age-keygen", "-o", Key);
        return AgeIdentity.Parse(SecretKey().Match(await File.ReadAllTextAsync(Key)).Value)!;
    }

    private async Task<byte[]> WriteAsync(int length)
    {
        var text = new byte[length];
        new Random(length).NextBytes(text);
        await File.WriteAllBytesAsync(Plain, text);
        return text;
    }

    [GeneratedRegex("AGE-SECRET-KEY-1[0-9A-Z]+")]
    private static partial Regex SecretKey();
}
