package org.martsync.routes;

import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Calls of routes ({@code direct:}) that look for their route each time. Camel's remember it, and notice an exchange; but while
 * one thread then looks for the new route, any other still gets the old one, which refuses.
 */
final class ExchangeableDirect extends DirectComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) throws Exception {
        DirectEndpoint address = new Address(uri, this);
        address.setBlock(isBlock());
        address.setTimeout(getTimeout());
        setProperties(address, parameters);
        return address;
    }

    private static final class Address extends DirectEndpoint {

        Address(String uri, ExchangeableDirect component) {
            super(uri, component);
        }

        @Override
        public Producer createProducer() {
            return new Call(this);
        }

        AsyncProducer withoutMemory() throws Exception {
            return (AsyncProducer) super.createProducer();
        }
    }

    private static final class Call extends DefaultAsyncProducer {

        private final Address address;

        Call(Address address) {
            super(address);
            this.address = address;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback done) {
            try {
                return address.withoutMemory().process(exchange, done);
            } catch (Exception e) {
                exchange.setException(e);
                done.done(true);
                return true;
            }
        }
    }
}
