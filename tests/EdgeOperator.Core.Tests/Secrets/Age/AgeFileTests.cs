using System.Text;
using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Age;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Secrets.Age;

public sealed class AgeFileTests
{
    private static readonly AgeIdentity Ours = AgeIdentity.Generate();
    private static readonly AgeIdentity Another = AgeIdentity.Generate();

    [Fact]
    public void Every_recipient_reads_what_was_written() => Prop.ForAll<byte[]>(text =>
    {
        var file = AgeFile.Encrypt(text, [Another.Recipient, Ours.Recipient]);

        return AgeFile.Decrypt(file, [Ours]).SequenceEqual(text) && AgeFile.Decrypt(file, [Another]).SequenceEqual(text);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((64 * 1024) - 1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData(2 * 64 * 1024)]
    public void Texts_around_a_chunk_s_length_are_whole(int length)
    {
        var text = new byte[length];
        new Random(length).NextBytes(text);

        AgeFile.Decrypt(AgeFile.Encrypt(text, [Ours.Recipient]), [Ours]).Should().Equal(text);
    }

    [Fact]
    public void Another_identity_opens_nothing() =>
        FailureOf(() => AgeFile.Decrypt(AgeFile.Encrypt("text"u8, [Ours.Recipient]), [Another])).Should().Be(SecretFailure.NoIdentity);

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_refused() => Prop.ForAll<PositiveInt>(at =>
    {
        var file = AgeFile.Encrypt("a text"u8, [Ours.Recipient]);

        return FailureOf(() => AgeFile.Decrypt(file.AsSpan(..(at.Get % file.Length)), [Ours])) is not null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_file_with_any_bit_changed_is_refused()
    {
        var file = AgeFile.Encrypt("a text"u8, [Ours.Recipient]);

        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] changed = [.. file];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            FailureOf(() => AgeFile.Decrypt(changed, [Ours])).Should().NotBeNull($"bit {bit} was changed");
        }
    }

    [Fact]
    public void Chunks_can_t_be_left_out_at_the_end()
    {
        var file = AgeFile.Encrypt(new byte[(64 * 1024) + 10], [Ours.Recipient]);

        FailureOf(() => AgeFile.Decrypt(file.AsSpan(..^26), [Ours])).Should().Be(SecretFailure.Damaged);
    }

    [Fact]
    public void Recipients_of_unknown_types_are_skipped()
    {
        var fileKey = new byte[16];
        byte[] file = [.. AgeHeader.Write(fileKey, [new("mlkem768x25519", ["argument"], new byte[100]), AgeStanza.Wrap(fileKey, Ours.Recipient)]), .. AgePayload.Seal(fileKey, "text"u8)];

        AgeFile.Decrypt(file, [Ours]).Should().Equal("text"u8.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("age-encryption.org/v1\n")]
    [InlineData("age-encryption.org/v2\n-> X25519 abc\nabc\n--- abc\n")]
    [InlineData("age-encryption.org/v1\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")]
    [InlineData("age-encryption.org/v1\n-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc extra\nEmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")]
    [InlineData("-----BEGIN AGE ENCRYPTED FILE-----\n-----END AGE ENCRYPTED FILE-----\n")]
    [InlineData("-----BEGIN AGE ENCRYPTED FILE-----\n????\n-----END AGE ENCRYPTED FILE-----\n")]
    public void What_is_no_age_file_is_refused(string text) =>
        FailureOf(() => AgeFile.Decrypt(Encoding.UTF8.GetBytes(text), [Ours])).Should().Be(SecretFailure.Malformed);

    [Fact]
    public void Armor_is_taken_off()
    {
        var armored = AgeArmor.Add(AgeFile.Encrypt(new byte[1000], [Ours.Recipient]));

        AgeFile.Decrypt(Encoding.ASCII.GetBytes($"\n{armored}\n"), [Ours]).Should().Equal(new byte[1000]);
    }

    private static SecretFailure? FailureOf(Func<byte[]> read)
    {
        try
        {
            read();
            return null;
        }
        catch (SecretFormatException e)
        {
            return e.Failure;
        }
    }
}
