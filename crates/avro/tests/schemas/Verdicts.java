import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityResult;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;

/**
 * Reads schemas, one a line, then a blank line, then pairs of their numbers: reader, writer. Prints
 * for each schema its fingerprint and canonical form, and for each pair what is in the way.
 */
public final class Verdicts {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    List<Schema> schemas = new ArrayList<>();
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      try {
        Schema schema = new Schema.Parser().parse(line);
        schemas.add(schema);
        out.println(SchemaNormalization.parsingFingerprint64(schema) + " "
            + SchemaNormalization.toParsingForm(schema));
      } catch (RuntimeException e) {
        schemas.add(null);
        out.println("refused " + e.toString().replaceAll("\\s+", " "));
      }
    }
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] pair = line.split(" ");
      Schema reader = schemas.get(Integer.parseInt(pair[0]));
      Schema writer = schemas.get(Integer.parseInt(pair[1]));
      out.println(verdict(reader, writer));
    }
    out.flush();
  }

  private static String verdict(Schema reader, Schema writer) {
    SchemaCompatibilityResult result;
    try {
      result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
    } catch (RuntimeException e) {
      return "exception " + e.toString().replaceAll("\\s+", " ");
    }
    if (result.getCompatibility() == SchemaCompatibilityType.COMPATIBLE) {
      return "compatible";
    }
    StringBuilder found = new StringBuilder("incompatible");
    for (Incompatibility one : result.getIncompatibilities()) {
      found.append('\t').append(one.getType()).append(' ').append(one.getLocation());
    }
    return found.toString();
  }
}
