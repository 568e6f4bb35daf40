using System.Runtime.CompilerServices;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;

/// <summary>A copy of a folder in <c>Cases</c>, whose script stands in for a program of Windows and notes how it is called.</summary>
internal sealed class CaseFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public CaseFolder(string cases, string script)
    {
        foreach (var file in Directory.GetFiles(PathOf(cases)))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(_folder, "calls"));
        Program = Path.Combine(_folder, script);
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Program { get; }

    /// <summary>A folder for the machines.</summary>
    public string Root => Path.Combine(_folder, "vms");

    /// <summary>What was called, oldest first: of each the part with this extension.</summary>
    public IEnumerable<string> Calls(string part) => Directory.GetFiles(Path.Combine(_folder, "calls"), "*." + part)
        .OrderBy(file => int.Parse(Path.GetFileNameWithoutExtension(file)))
        .Select(File.ReadAllText);

    public string this[string name] => Path.Combine(_folder, name);

    public void Touch(string name, string content = "") => File.WriteAllText(this[name], content);

    public void Dispose() => _folder.Dispose();

    public static string PathOf(string cases, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "Cases", cases));
}
