using System.Collections.Immutable;
using System.Text.Json;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>Writes what a host must run, with secrets read from their files.</summary>
internal static class RequestWriter
{
    private const int LongestSecret = 64 * 1024;

    /// <summary>The file of an app's secret settings.</summary>
    public const string SecretSettings = "settings.json";

    /// <summary>The settings that refer to secrets, with their values, as JSON; null when there are none.</summary>
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    public static byte[]? Reveal(FunctionAppSpec spec, SecretVault secrets)
    {
        var revealed = spec.Settings.Where(setting => SecretReference.IsIn(setting.Value)).ToImmutableSortedDictionary(setting => setting.Key, setting => secrets.Reveal(setting.Value));
        return revealed.IsEmpty ? null : JsonSerializer.SerializeToUtf8Bytes(revealed, HostJson.Default.ImmutableSortedDictionaryStringString);
    }

    /// <param name="secretSettings">Where the settings that refer to secrets lie; null when there are none.</param>
    /// <returns>The request as JSON.</returns>
    /// <exception cref="SecretException">A file can't be read.</exception>
    public static byte[] Write(FunctionAppResource app, AppFolder folder, string? secretSettings = null)
    {
        var spec = app.App;
        var request = new AppRequest
        {
            App = app.Id.Name,
            Generation = app.SpecHash,
            Folder = folder.Package(spec.Package.Hash),
            Worker = spec.Worker,
            Instances = spec.Instances,
            SecretSettings = secretSettings,
            Settings = spec.Settings.RemoveRange(spec.Settings.Where(setting => SecretReference.IsIn(setting.Value)).Select(setting => setting.Key)).AddRange(Secrets("the setting", spec.SettingsFiles)),
            Address = spec.Address,
            Port = spec.Port,
            HostKeys = ImmutableSortedDictionary.CreateRange(Secrets("the key", spec.KeyFiles)),
            MasterKey = spec.MasterKeyFile is { } file ? Secret("the master key", file) : null,
            CorsOrigins = spec.CorsOrigins,
            CorsCredentials = spec.CorsCredentials,
            TrustedProxies = spec.TrustedProxies,
            MemoryPerInstance = spec.Memory,
            Schedule = spec.Schedule,
            Standby = spec.Standby,
        };
        return JsonSerializer.SerializeToUtf8Bytes(request, HostJson.Default.AppRequest);
    }

    private static IEnumerable<KeyValuePair<string, string>> Secrets(string what, ImmutableSortedDictionary<string, string> files) =>
        files.Select(f => KeyValuePair.Create(f.Key, Secret($"{what} {f.Key}", f.Value)));

    /// <summary>A file's text without the line end that editors add.</summary>
    private static string Secret(string what, string path)
    {
        try
        {
            var text = ReferencedFile.ReadText(path, LongestSecret);
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"the file {path} for {what} can't be read: {e.Message}", e);
        }
    }
}

/// <summary>A file with a secret can't be read; the message names the file, and never its content.</summary>
internal sealed class SecretException(string message, Exception? inner = null) : Exception(message, inner);
