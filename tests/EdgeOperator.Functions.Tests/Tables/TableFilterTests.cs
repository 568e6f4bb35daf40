using System.Text.Json.Nodes;
using EdgeOperator.Functions.Tables;

namespace EdgeOperator.Functions.Tests.Tables;

public sealed class TableFilterTests
{
    private static readonly JsonObject Entity = JsonNode.Parse(
        """{"PartitionKey": "till", "RowKey": "7", "Name": "O'Hara", "Count": 12, "Price": 1.5, "Big": 9007199254740993, "Open": true, "Made": "2026-03-01T10:00:00.0000000Z", "Id": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "Data": "AQI="}""")!.AsObject();

    [Theory]
    [InlineData("PartitionKey eq 'till'", true)]
    [InlineData("PartitionKey eq 'Till'", false)]
    [InlineData("Name eq 'O''Hara'", true)]
    [InlineData("RowKey ge '7' and RowKey lt '8'", true)]
    [InlineData("Count gt 11 and Count lt 13", true)]
    [InlineData("Count eq 12L", true)]
    [InlineData("Count ne 12", false)]
    [InlineData("Price le 1.5", true)]
    [InlineData("Price eq -1.5", false)]
    [InlineData("Big eq 9007199254740992L", false)]
    [InlineData("Big eq 9007199254740993L", true)]
    [InlineData("Open eq true", true)]
    [InlineData("Open", true)]
    [InlineData("not Open", false)]
    [InlineData("not (Count eq 1 or Count eq 2)", true)]
    [InlineData("Count eq 1 or Open eq true and Name eq 'x'", false)]
    [InlineData("(Count eq 12 or Open eq false) and Name ne 'x'", true)]
    [InlineData("Made gt datetime'2026-02-28T00:00:00Z'", true)]
    [InlineData("Made eq datetime'2026-03-01T11:00:00+01:00'", true)]
    [InlineData("Id eq guid'6F9619FF-8B86-D011-B42D-00C04FC964FF'", true)]
    [InlineData("Data eq X'0102'", true)]
    [InlineData("Missing eq 'x'", false)]
    [InlineData("Missing ne 'x'", false)]
    [InlineData("Count eq '12'", false)]
    [InlineData("12 eq Count", true)]
    [InlineData("'a' eq 'a'", true)]
    public void An_entity_is_meant_or_not(string filter, bool isMeant) => TableFilter.Parse(filter).Matches(Entity).Should().Be(isMeant);

    [Theory]
    [InlineData("")]
    [InlineData("Name eq")]
    [InlineData("Name eq 'x")]
    [InlineData("(Name eq 'x'")]
    [InlineData("Name eq 'x')")]
    [InlineData("Name = 'x'")]
    [InlineData("Name eq 'x' Count eq 1")]
    [InlineData("startswith(Name, 'x')")]
    [InlineData("Made eq datetime'soon'")]
    [InlineData("Id eq guid'x'")]
    [InlineData("Data eq X'0'")]
    public void What_is_no_filter_is_refused_with_its_place(string filter) =>
        FluentActions.Invoking(() => TableFilter.Parse(filter)).Should().Throw<FormatException>().WithMessage("*can't be read at its character*");

    [Fact]
    public void Parentheses_do_not_exhaust_the_stack() =>
        FluentActions.Invoking(() => TableFilter.Parse(new string('(', 100_000))).Should().Throw<FormatException>();
}
