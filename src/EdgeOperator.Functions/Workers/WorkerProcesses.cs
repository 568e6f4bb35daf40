using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers;

/// <summary>How many worker processes each instance of an app has: the setting <c>FUNCTIONS_WORKER_PROCESS_COUNT</c>, from 1 to 10.</summary>
internal static class WorkerProcesses
{
    private const string Setting = "FUNCTIONS_WORKER_PROCESS_COUNT";
    private const int Maximum = 10;

    /// <returns>1 for custom handlers, which the setting does not concern.</returns>
    /// <exception cref="AppException">The setting is not a number in this range.</exception>
    public static int Of(FunctionApp app)
    {
        if (app.Worker == WorkerKind.Custom || SettingNames.Find(app.Settings, Setting)?.Trim() is not { Length: > 0 } text)
        {
            return 1;
        }

        return int.TryParse(text, out var count) && count is >= 1 and <= Maximum
            ? count
            : throw new AppException($"The setting {Setting} must be a whole number from 1 to {Maximum}, not \"{text}\"");
    }
}
