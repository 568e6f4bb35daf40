using System.Reflection;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Portal.Components;

namespace EdgeOperator.Portal.Tests.Components;

/// <summary>What has happened, in words.</summary>
public sealed class EventWordsTests
{
    [Theory]
    [InlineData("deviceConnected", "Device connected")]
    [InlineData("createDeviceIdentity", "Create device identity")]
    [InlineData("audited", "Audited")]
    public void A_type_is_shown_as_words(string type, string words) => EventWords.Of(type).Should().Be(words);

    [Fact]
    public void Every_type_of_the_hub_can_be_chosen() => EventWords.Types.Should().BeEquivalentTo(
        typeof(EventTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!));
}
