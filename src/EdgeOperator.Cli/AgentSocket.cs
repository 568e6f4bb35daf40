using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>Where the agent listens.</summary>
internal static class AgentSocket
{
    /// <param name="option"><c>--socket</c>, which goes before the configuration's <c>api.socket</c>.</param>
    /// <param name="isConfigGiven">The configuration was named; otherwise it may be missing, or only for root to read.</param>
    public static string Find(string? option, string configFile, bool isConfigGiven)
    {
        if (option is not null)
            return option;

        try
        {
            return ConfigurationFile.Read(configFile).Api.Socket;
        }
        catch (UserError) when (!isConfigGiven)
        {
            return new ApiConfiguration().Socket;
        }
    }
}
