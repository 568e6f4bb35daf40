using EdgeOperator.Agent.LocalApi;

namespace EdgeOperator.Cli;

/// <summary>What can be read from the state directory where no agent answers.</summary>
internal static class WithoutAgent
{
    /// <param name="read">Reads the state directory.</param>
    /// <exception cref="AgentUnreachableException">No agent answers, and the state directory can't be read either.</exception>
    public static async Task<T> OrAsync<T>(Call call, Func<Task<T>> ask, Func<string, T> read)
    {
        try
        {
            return await ask();
        }
        catch (AgentUnreachableException)
        {
            try
            {
                var folder = call.Configuration().StateDirectory;
                var found = read(folder);
                call.Errors.Warn([$"no agent answers: this is what is in {folder}"]);
                return found;
            }
            catch (Exception e) when (e is UserError or IOException or UnauthorizedAccessException)
            {
                // That no agent answers is the better explanation.
            }

            throw;
        }
    }
}
