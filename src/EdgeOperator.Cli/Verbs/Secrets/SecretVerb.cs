using System.CommandLine;

namespace EdgeOperator.Cli.Verbs.Secrets;

/// <summary>The verbs for files with secrets; nothing by itself.</summary>
internal sealed class SecretVerb : Command
{
    public SecretVerb()
        : base("secret", "Files with secrets that only certain devices can read")
    {
        Add(new SecretEncryptVerb());
        Add(new SecretRecipientsVerb());
        Add(new SecretRotateVerb());
    }
}
