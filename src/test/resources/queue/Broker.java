import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerService;

/** A broker with a queue "events": prints the address at which it answers, then each message. Started with the libraries in target/queue/broker. */
public final class Broker {

    public static void main(String[] unused) throws Exception {
        BrokerService broker = new BrokerService();
        broker.setPersistent(false);
        broker.setUseJmx(false);
        String address = broker.addConnector("tcp://127.0.0.1:0").getPublishableConnectString();
        broker.start();
        System.out.println(address);
        Connection connection = new ActiveMQConnectionFactory(address).createConnection();
        connection.start();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer events = session.createConsumer(session.createQueue("events"));
        while (true) {
            System.out.println(((TextMessage) events.receive()).getText());
        }
    }
}
