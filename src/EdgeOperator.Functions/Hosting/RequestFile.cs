using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Hosting;

/// <summary><c>app.json</c>: what the host is to run, also after it has been started again. It holds secrets.</summary>
public sealed class RequestFile(string path)
{
    /// <returns>Null when there is none yet.</returns>
    /// <exception cref="AppException">It is no request.</exception>
    public AppRequest? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(StateFile.ReadBytes(path), HostJson.Default.AppRequest) ?? throw new JsonException("it is empty");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidDataException)
        {
            throw new AppException($"the request can't be read ({path}): {wrong.Message} Delete the file, or have the agent write it again.", wrong);
        }
    }

    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(AppRequest request)
    {
        StateFile.ClearForFile(path);
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(request, HostJson.Default.AppRequest));
    }
}
