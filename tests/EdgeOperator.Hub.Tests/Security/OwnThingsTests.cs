using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeOperator.Hub.Rest;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>Every route that there is, by the token of a device and of a module, for what is another one's.</summary>
[Collection(SharedHub.Name)]
public sealed class OwnThingsTests(SharedHub shared)
{
    /// <summary>What a device may do with itself and its own modules.</summary>
    private static readonly string[] Own =
    [
        "GET devices/{}", "GET devices/{}/modules", "GET devices/{}/modules/{}", "PUT devices/{}/modules/{}", "DELETE devices/{}/modules/{}", "GET api/v1/devices/{device}/snapshot", "PUT api/v1/devices/{device}/snapshot",
    ];

    /// <summary>What anybody may ask for: it proves by itself what is given, or says that there is nothing.</summary>
    private static readonly string[] Open = ["GET api/v1/artifacts/{hash}", "HEAD api/v1/artifacts/{hash}", "GET api/v1/channels/{channel}", "DELETE api/v1/tokens/{token}"];

    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task Nothing_of_another_device_s_is_read_or_written_by_any_route()
    {
        var key = await Hub.CreateDeviceAsync("mine");
        await Hub.CreateDeviceAsync("theirs");
        await Hub.CallAsync("PUT", "devices/theirs/modules/m", """{"deviceId":"theirs","moduleId":"m"}""");
        var module = (await Hub.CallAsync("PUT", "devices/mine/modules/m", """{"deviceId":"mine","moduleId":"m"}""")).Body!["authentication"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>();
        var before = await StateAsync();

        foreach (var (who, token) in ((string, string)[])[("the device", Hub.Token($"{Hub.Host}/devices/mine", key)), ("its module", Hub.Token($"{Hub.Host}/devices/mine/modules/m", module))])
            foreach (var route in Routes().Where(r => !r.IsOpen && !Open.Contains($"{r.Method} {r.Pattern}")))
                foreach (var device in (string[])["theirs", "mine"])
                    if (device == "theirs" || !Own.Contains($"{route.Method} {route.Pattern}"))
                        (await StatusAsync(route, device, token)).Should().Be(HttpStatusCode.Unauthorized, $"{who}: {route.Method} {route.Pattern} for {device}");

        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public void All_routes_are_known_here()
    {
        Routes().Should().HaveCountGreaterThan(80);
        Routes().Select(r => $"{r.Method} {r.Pattern}").Should().Contain(Own).And.Contain(Open);
    }

    /// <summary>The tables that routes are in need nothing to be read.</summary>
    private static IReadOnlyList<ServiceRoute> Routes() =>
    [
        .. from type in typeof(ServiceRoute).Assembly.GetTypes()
           let table = type.GetProperty("Routes")
           where table?.PropertyType == typeof(IEnumerable<ServiceRoute>)
           from route in (IEnumerable<ServiceRoute>)table.GetValue(RuntimeHelpers.GetUninitializedObject(type))!
           select route,
    ];

    private async Task<HttpStatusCode> StatusAsync(ServiceRoute route, string device, string token)
    {
        var names = 0;
        var path = string.Join('/', route.Pattern.Split('/').Select(part => !part.StartsWith('{') ? part : names++ == 0 ? device : "m"));
        return (await Hub.CallAsync(route.Method, path, BodyOf(route), token)).Status;
    }

    /// <summary>One that is right, so that it is not for its form that it is refused.</summary>
    private static string? BodyOf(ServiceRoute route)
    {
        if (route.Method is "GET" or "DELETE" or "HEAD")
            return null;
        var fields = route.Description?.Body?.GetConstructors().FirstOrDefault()?.GetParameters() ?? [];
        return JsonSerializer.Serialize(fields.Where(f => !f.HasDefaultValue).ToDictionary(f => JsonNamingPolicy.CamelCase.ConvertName(f.Name!), f => Value(f.ParameterType)));
    }

    private static object? Value(Type type) =>
        type == typeof(string) ? "x"
        : type == typeof(int) || type == typeof(long) ? 1
        : type == typeof(bool) ? false
        : type.IsEnum ? type.GetEnumNames()[0]
        : new Dictionary<string, string>();

    private async Task<string> StateAsync()
    {
        var state = "";
        foreach (var path in (string[])["devices/theirs", "devices/theirs/modules", "twins/theirs", "twins/theirs/modules/m", "twins/mine", "api/v1/users", "api/v1/tokens", "configurations", "jobs/v2/query"])
            state += (await Hub.CallAsync("GET", path)).Body!.ToJsonString();
        return state;
    }
}
