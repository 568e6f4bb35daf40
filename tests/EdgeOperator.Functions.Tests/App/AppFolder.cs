using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.App;

/// <summary>An app's folder as a test writes it.</summary>
internal sealed class AppFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public AppFolder(string host = """{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "run" } } }""") => Write("host.json", host);

    public ImmutableSortedDictionary<string, string> Settings { get; set; } = ImmutableSortedDictionary<string, string>.Empty;

    public string Path => _folder;

    public string Write(string name, string content) => _folder.Write(name, content);

    /// <summary>Writes a function.json.</summary>
    public AppFolder With(string function, string json = """{ "bindings": [{ "type": "timerTrigger", "name": "t", "schedule": "0 0 3 * * *" }] }""")
    {
        Write($"{function}/function.json", json);
        return this;
    }

    public AppFolder Setting(string name, string value)
    {
        Settings = Settings.SetItem(name, value);
        return this;
    }

    public FunctionApp Read(bool isDevelopment = false) =>
        AppReader.Read(new() { App = "test", Generation = "1", Folder = Path, Settings = Settings }, isDevelopment);

    public string Failure() => ((Func<FunctionApp>)(() => Read())).Should().Throw<AppException>().Which.Message;

    public void Dispose() => _folder.Dispose();
}
