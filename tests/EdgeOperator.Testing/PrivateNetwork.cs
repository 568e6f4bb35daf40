namespace EdgeOperator.Testing;

/// <summary>A /16 of the machine's addresses for one engine alone, reserved by the name of a bridge.</summary>
internal sealed class PrivateNetwork
{
    private readonly int _number;

    private PrivateNetwork(int number) => _number = number;

    public string Bridge => $"eo-{_number}";

    /// <summary>For the engine's default network.</summary>
    public string First => $"10.{_number}.0.0/24";

    /// <summary>For all other networks.</summary>
    public string Pool => $"10.{_number}.128.0/17";

    /// <summary>Shell commands that delete every link with an address of this network.</summary>
    public string Cleanup => $$"""
        for link in {{Bridge}} $(ip -o -4 address show | grep ' 10\.{{_number}}\.' | awk '{print $2}'); do
            ip link delete $link 2>/dev/null
        done
        """;

    /// <param name="withAddress">The bridge serves as the engine's own; otherwise it only reserves the number.</param>
    public static async Task<PrivateNetwork> AddAsync(bool withAddress)
    {
        for (var attempt = 0; ; attempt++)
        {
            var network = new PrivateNetwork(Random.Shared.Next(128, 255));
            try
            {
                await Shell.RunAsync("ip", "link", "add", network.Bridge, "type", "bridge");
            }
            catch (InvalidOperationException) when (attempt < 20)
            {
                continue;
            }

            if (withAddress)
            {
                await Shell.RunAsync("ip", "address", "add", $"10.{network._number}.0.1/17", "dev", network.Bridge);
                await Shell.RunAsync("ip", "link", "set", network.Bridge, "up");
            }

            return network;
        }
    }

    public Task RemoveAsync() => Shell.RunAsync("ip", "link", "delete", Bridge);
}
