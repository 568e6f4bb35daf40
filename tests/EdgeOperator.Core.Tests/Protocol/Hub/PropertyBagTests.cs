using EdgeOperator.Core.Protocol.Hub;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Protocol.Hub;

public sealed class PropertyBagTests
{
    [Fact]
    public void Keys_and_values_are_decoded_and_a_key_alone_has_no_value() =>
        string.Join(' ', PropertyBag.Parse("%24.ct=application%2Fjson&a&b=&c=x%3Dy/")).Should().Be("[$.ct, application/json] [a, ] [b, ] [c, x=y]");

    [Fact]
    public void An_empty_value_is_not_the_same_as_none() => PropertyBag.Parse("a&b=").Select(p => p.Value).Should().Equal(null, "");

    [Fact]
    public void What_is_written_is_read_again_whatever_it_holds() =>
        Prop.ForAll<NonEmptyString, string?>((key, value) =>
        {
            var properties = new KeyValuePair<string, string?>[] { new(Text(key.Get), value is null ? null : Text(value)), new("z", "1") };
            return PropertyBag.Parse(PropertyBag.Write(properties)).SequenceEqual(properties);
        }).QuickCheckThrowOnFailure();

    // Half a surrogate pair is no text that UTF-8 could carry.
    private static string Text(string text) => string.Concat(text.Select(c => char.IsSurrogate(c) ? '?' : c));
}
