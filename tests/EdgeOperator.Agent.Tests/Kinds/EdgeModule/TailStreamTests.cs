using System.Text;
using EdgeOperator.Agent.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class TailStreamTests
{
    [Fact]
    public void It_keeps_the_end_of_whatever_is_written()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var limit = random.Next(1, 20);
            var writes = Enumerable.Range(0, random.Next(0, 12)).Select(_ => RandomBytes(random.Next(0, 30))).ToList();
            using var tail = new TailStream(limit);
            foreach (var bytes in writes)
                tail.Write(bytes);

            tail.ToArray().Should().Equal(writes.SelectMany(bytes => bytes).TakeLast(limit));
        }

        byte[] RandomBytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public void Last_lines_are_bounded_in_number_and_length()
    {
        var log = string.Join("\n", Enumerable.Range(1, 9).Select(i => $"line {i}")) + "\n" + new string('x', 1000) + "\n\n";

        FailureOutput.LinesOf(Encoding.UTF8.GetBytes(log)).Should().Equal("line 6", "line 7", "line 8", "line 9", new string('x', 200) + "…");
    }
}
