using EdgeOperator.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class BufferedBodiesTests
{
    [Fact]
    public void What_is_too_much_with_all_others_is_refused_and_given_back()
    {
        var bodies = new BufferedBodies(100);
        using var one = bodies.Open();
        one.Take(60);
        using (var two = bodies.Open())
        {
            two.Take(40);
            two.Invoking(t => t.Take(1)).Should().Throw<BadHttpRequestException>().Which.StatusCode.Should().Be(503);
        }

        using var three = bodies.Open();
        three.Take(40);
        three.Invoking(t => t.Take(1)).Should().Throw<BadHttpRequestException>();
    }
}
