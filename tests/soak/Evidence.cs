using System.Text.Json;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.Soak;

/// <summary>What a failed run leaves to look at.</summary>
internal static class Evidence
{
    public static async Task SaveAsync(Lab lab, string folder, Exception failure)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "failure.txt"), $"{failure}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "agent.log"), lab.Device.IsStarted ? lab.Device.Log : "");
        await File.WriteAllTextAsync(Path.Combine(folder, "engine.log"), lab.Engine.Log);
        await TryAsync("status.json", async () => JsonSerializer.Serialize(await lab.Device.StatusAsync(), ProtocolJson.Default.DeviceStatus));
        await TryAsync("history.txt", async () => (await lab.Device.EdgeopAsync("history", "-o", "json")).ToString());
        await TryAsync("events.txt", async () => (await lab.Device.EdgeopAsync("events", "-o", "json")).ToString());
        await TryAsync("containers.json", () => lab.Engine.Http.GetStringAsync(new Uri("containers/json?all=1", UriKind.Relative)));
        await TryAsync("state.txt", () => Shell.RunAsync("tar", "-czf", Path.Combine(folder, "state.tar.gz"), "--exclude=objects", "-C", lab.Device.StateFolder, "."));

        async Task TryAsync(string name, Func<Task<string>> content)
        {
            try
            {
                await File.WriteAllTextAsync(Path.Combine(folder, name), await content());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, name), $"could not be had: {e.Message}\n");
            }
        }
    }
}
