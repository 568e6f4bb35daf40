using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Invoking;

public sealed class BindingExpressionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));

    private static readonly JsonObject Data = new(new JsonNodeOptions { PropertyNameCaseInsensitive = true })
    {
        ["id"] = 7,
        ["queueTrigger"] = "text",
        ["order"] = new JsonObject { ["Customer"] = new JsonObject { ["name"] = "Ada" } },
        ["list"] = new JsonArray(1),
        ["sys"] = new JsonObject { ["methodName"] = "f" },
    };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a-{id}/{QueueTrigger}", "a-7/text")]
    [InlineData("{order.customer.Name}", "Ada")]
    [InlineData("{datetime:yyyy-MM-dd}", "2026-03-04")]
    [InlineData("{DateTime:HH:mm}", "03:06")]
    [InlineData("{sys.utcnow}", "2026-03-04T03:06:07.0000000Z")]
    [InlineData("{sys.methodname}", "f")]
    public void An_expression_stands_for_what_the_trigger_knows(string text, string expected) =>
        BindingExpression.Resolve(text, Data, Now).Should().Be(expected);

    [Theory]
    [InlineData("{rand-guid}", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    [InlineData("{rand-guid:N}", "^[0-9a-f]{32}$")]
    [InlineData("{sys.randguid}", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    public void A_guid_is_a_new_one_each_time(string text, string pattern)
    {
        var guids = Enumerable.Range(0, 5).Select(_ => BindingExpression.Resolve(text, Data, Now)).ToArray();

        guids.Should().OnlyHaveUniqueItems().And.OnlyContain(g => System.Text.RegularExpressions.Regex.IsMatch(g, pattern));
    }

    [Theory]
    [InlineData("{nothing}", "*{nothing} stands for nothing*")]
    [InlineData("{order.none}", "*stands for nothing*")]
    [InlineData("{order}", "*no text but an object*")]
    [InlineData("{list}", "*no text but an object or a list*")]
    public void What_stands_for_nothing_is_an_error(string text, string message)
    {
        var resolve = () => BindingExpression.Resolve(text, Data, Now);

        resolve.Should().Throw<FormatException>().WithMessage(message);
    }

    [Fact]
    public void Text_without_braces_stays_as_it_is() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var plain = text.Get.Replace("{", "").Replace("}", "");
            return BindingExpression.Resolve(plain, Data, Now) == plain;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_binding_without_expressions_is_the_same_one()
    {
        var binding = new Binding("out", "queue", BindingDirection.Out, new() { ["queueName"] = "q" });

        BindingExpression.Resolve(binding, Data, Now).Should().BeSameAs(binding);
    }

    [Fact]
    public void A_requests_parts_and_body_can_be_named()
    {
        var function = new FunctionDefinition("f", [new("req", "httpTrigger", BindingDirection.In, [])]) { Folder = "/" };
        var request = new HttpInput(
            "POST", "http://x/", [new("X-Kind", "k")], [new("id", "query"), new("q", "1")],
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("id", "route"), """{"id":"body","b":2}"""u8.ToArray());
        var invocation = new Invocation("1", function, System.Collections.Immutable.ImmutableSortedDictionary<string, Value>.Empty.Add("req", new Value.Request(request)), []);

        BindingExpression.Resolve("{id} {q} {b} {query.id} {headers.x-kind}", BindingData.Of(invocation), Now).Should().Be("route 1 2 query k");
    }
}
