// Ledgers through JDBC (Debian: libpostgresql-jdbc-java and a JDK).
//
//     java -cp /usr/share/java/postgresql.jar WithJdbc.java < calls.sql
//
// The connection is that of the environment: PGHOST, PGPORT, PGUSER, PGDATABASE;
// the driver needs TCP.  Prints a line for each check, "ok" or "not ok", and ends
// with status 1 where one failed.  JDBC reads and sends the type as text; binary
// goes by COPY.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PGobject;

public class WithJdbc {
    private static boolean failed = false;

    private static void check(String name, boolean passed) {
        System.out.println((passed ? "ok" : "not ok") + " - " + name);
        failed = failed || !passed;
    }

    // A ledger as a parameter: text with the name of its type
    private static PGobject ledger(String text) throws SQLException {
        PGobject object = new PGobject();
        object.setType("transfer_ledger");
        object.setValue(text);
        return object;
    }

    private static long rows(Connection connection, String query) throws SQLException {
        long rows = 0;
        // a question mark that is no parameter but an operator is written twice
        query = query.replace("?", "??");
        // the second run is of a statement that the server has prepared
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int run = 0; run < 2; run++) {
                rows = 0;
                try (ResultSet result = statement.executeQuery()) {
                    int columns = result.getMetaData().getColumnCount();
                    for (; result.next(); rows++)
                        for (int i = 1; i <= columns; i++)
                            result.getObject(i);
                }
            }
        }
        return rows;
    }

    private static void checkLedger(Connection connection) throws Exception {
        String text;
        try (ResultSet result = connection.createStatement().executeQuery("SELECT l FROM driver_ledger")) {
            result.next();
            text = result.getString(1);
            check("a ledger arrives as text", text.startsWith("{FRA>GBR: ")
                  && result.getObject(1) instanceof PGobject);
        }
        try (PreparedStatement statement = connection.prepareStatement(
                 "SELECT ? = l, ledger_total(?) = ledger_total(l) FROM driver_ledger")) {
            statement.setObject(1, ledger(text));
            statement.setObject(2, ledger(text));
            ResultSet result = statement.executeQuery();
            result.next();
            check("and goes back as it came", result.getBoolean(1) && result.getBoolean(2));
        }
        try (PreparedStatement statement = connection.prepareStatement(
                 "SELECT inflow, net FROM driver_ledger, reciprocal_balance(l, ?, ?)")) {
            statement.setString(1, "GBR");
            statement.setString(2, "FRA");
            ResultSet result = statement.executeQuery();
            result.next();
            check("parameters are parties", result.getLong("inflow") == 350 && result.getLong("net") == 69);
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
            statement.setObject(1, ledger("{FRA>GBR"));
            statement.executeQuery();
            check("a damaged ledger is an error", false);
        } catch (SQLException error) {
            check("a damaged ledger is an error", error.getSQLState().equals("22P02"));
        }
    }

    private static void checkBinary(Connection connection) throws Exception {
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        ByteArrayOutputStream binary = new ByteArrayOutputStream();
        copy.copyOut("COPY driver_ledger TO STDOUT (FORMAT binary)", binary);
        connection.createStatement().execute("CREATE TEMP TABLE copied (l transfer_ledger)");
        copy.copyIn("COPY copied FROM STDIN (FORMAT binary)", new ByteArrayInputStream(binary.toByteArray()));
        ResultSet result = connection.createStatement().executeQuery(
            "SELECT c.l = d.l, transfer_ledger_send(c.l), transfer_ledger_send(d.l) FROM copied AS c, driver_ledger AS d");
        result.next();
        check("binary, by COPY, is the same ledger",
              result.getBoolean(1) && Arrays.equals(result.getBytes(2), result.getBytes(3)));
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        properties.setProperty("prepareThreshold", "1");
        String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT")
            + "/" + System.getenv("PGDATABASE");
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            checkLedger(connection);
            checkBinary(connection);
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
            for (String query; (query = input.readLine()) != null;) {
                if (!query.startsWith("SELECT"))
                    continue;
                ResultSet count = connection.createStatement().executeQuery(
                    "SELECT count(*) FROM (" + query + ") AS asked");
                count.next();
                long rows = rows(connection, query);
                check(query, rows > 0 && rows == count.getLong(1));
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
