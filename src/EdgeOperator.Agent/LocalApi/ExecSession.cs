using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Protocol;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>The agent's side of a command's frames: what is to be run, then what it prints, then how it ended.</summary>
internal static class ExecSession
{
    /// <param name="run">Runs the command and returns its exit code; throws <see cref="ControlException"/> when it can't be run.</param>
    /// <param name="needsCommand">False for what runs already, such as a console.</param>
    public static async Task RunAsync(ExecFrames frames, Func<ExecRequest, ExecFrames, Task<int>> run, CancellationToken cancellation, bool needsCommand = true)
    {
        try
        {
            if (await frames.ReadAsync(cancellation) is not { Kind: ExecFrameKind.Start } start)
                throw new InvalidDataException("the first frame names no command");

            var request = ExecFrames.Json(start.Content, ProtocolJson.Default.ExecRequest);
            if (needsCommand && request.Command is not [{ Length: > 0 }, ..])
                throw new InvalidDataException("there is no command");

            await frames.WriteAsync(await run(request, frames), cancellation);
        }
        catch (ControlException e)
        {
            await FailAsync(frames, e.Reason, e.Message, cancellation);
        }
        catch (InvalidDataException e)
        {
            await FailAsync(frames, "BadRequest", e.Message, cancellation);
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private static async Task FailAsync(ExecFrames frames, string reason, string message, CancellationToken cancellation)
    {
        try
        {
            await frames.WriteAsync(ExecFrameKind.Failure, new("Conflict", StatusCodes.Status409Conflict, reason, message), ProtocolJson.Default.ProblemDocument, cancellation);
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }
}
