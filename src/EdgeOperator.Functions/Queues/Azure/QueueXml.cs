using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;

namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>The bodies of the queue service's requests and answers.</summary>
internal static class QueueXml
{
    private static readonly XmlReaderSettings Reading = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
    private static readonly XmlWriterSettings Writing = new() { Encoding = new UTF8Encoding(false) };

    /// <exception cref="IOException">XML can't carry the text.</exception>
    public static byte[] Message(string text)
    {
        try
        {
            using var buffer = new MemoryStream();
            using (var xml = XmlWriter.Create(buffer, Writing))
            {
                xml.WriteStartElement("QueueMessage");
                xml.WriteElementString("MessageText", text);
                xml.WriteEndElement();
            }

            return buffer.ToArray();
        }
        catch (ArgumentException e)
        {
            throw new IOException("A message with control characters can't be sent as text; set messageEncoding to base64 in host.json", e);
        }
    }

    /// <param name="decode">Makes bytes of a message's text; null when it is not encoded so.</param>
    /// <exception cref="IOException">It is no answer of a queue service.</exception>
    public static ImmutableArray<QueueMessage> Messages(string body, Func<string, byte[]?> decode)
    {
        try
        {
            var messages = ImmutableArray.CreateBuilder<QueueMessage>();
            using var xml = XmlReader.Create(new StringReader(WithoutMark(body)), Reading);
            while (xml.ReadToFollowing("QueueMessage"))
                messages.Add(Message(Fields(xml), decode));
            return messages.ToImmutable();
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            throw new IOException($"The queue service gave an answer that can't be read: {e.Message}", e);
        }
    }

    public static string? ErrorCode(string body)
    {
        try
        {
            using var xml = XmlReader.Create(new StringReader(WithoutMark(body)), Reading);
            return xml.ReadToFollowing("Code") ? xml.ReadElementContentAsString() : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string WithoutMark(string body) => body.TrimStart('\uFEFF');

    private static Dictionary<string, string> Fields(XmlReader xml)
    {
        var fields = new Dictionary<string, string>();
        using var message = xml.ReadSubtree();
        message.ReadStartElement("QueueMessage");
        while (message.MoveToContent() == XmlNodeType.Element)
            fields[message.Name] = message.ReadElementContentAsString();
        return fields;
    }

    private static QueueMessage Message(Dictionary<string, string> fields, Func<string, byte[]?> decode)
    {
        var text = fields.GetValueOrDefault("MessageText", "");
        var body = decode(text);
        return new(
            Field(fields, "MessageId"), Field(fields, "PopReceipt"), int.Parse(Field(fields, "DequeueCount"), CultureInfo.InvariantCulture),
            Time(fields, "InsertionTime"), Time(fields, "ExpirationTime"), Time(fields, "TimeNextVisible"), body ?? Encoding.UTF8.GetBytes(text))
        {
            IsMalformed = body is null,
        };
    }

    private static string Field(Dictionary<string, string> fields, string name) =>
        fields.GetValueOrDefault(name) ?? throw new FormatException($"a message has no {name}");

    private static DateTimeOffset Time(Dictionary<string, string> fields, string name) =>
        DateTimeOffset.ParseExact(Field(fields, name), "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
