namespace EdgeOperator.Cli.Hub.Access;

/// <summary>A token for a program on the command line, by its id.</summary>
internal sealed class HubToken : HubObject
{
    public HubToken()
        : base("Token", "tokens", _ => []) => Description = "Its id, as `edgeop hub tokens list` shows it";
}
