using System.Collections.Immutable;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Views;

/// <summary>Updates of the device's own software: what waits, and when its window opens.</summary>
internal static class UpdateTable
{
    public static Grid Of(IEnumerable<ResourceStatus> updates)
    {
        var grid = new Grid("NAME", "STATE", "WINDOW", "WAITING", "LAST");
        foreach (var update in updates)
            grid.Add(update.Name, update.State, Detail(update, "window") ?? "at any time", Waiting(update) ?? "", Last(update));
        return grid;
    }

    /// <summary>One of them in a line.</summary>
    public static string Line(ResourceStatus update)
    {
        var waiting = Detail(update, "activity") ?? (Detail(update, "waiting") is { } changes ? $"{changes} waiting" : null);
        var reboot = Detail(update, "reboot") is { } why ? $"reboot {why}" : null;
        return string.Join("; ", ((string?[])[$"{update.Name}: {update.State}", waiting, reboot, Detail(update, "window") is { } window ? $"window {window}" : null]).OfType<string>());
    }

    private static string? Waiting(ResourceStatus update)
    {
        var changes = Detail(update, "activity") ?? Detail(update, "problem") ?? Detail(update, "waiting");
        return Detail(update, "reboot") is not { } reboot ? changes : changes is null ? $"reboot {reboot}" : $"{changes}; reboot {reboot}";
    }

    private static string Last(ResourceStatus update) =>
        string.Join("; ", ((string?[])[Detail(update, "lastUpdate"), Detail(update, "lastReboot") is { } reboot ? $"reboot {reboot}" : null]).OfType<string>());

    private static string? Detail(ResourceStatus update, string key) => update.Details.GetValueOrDefault(key);
}
