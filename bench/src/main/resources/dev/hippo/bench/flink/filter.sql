SELECT sale_id, product, cents FROM sales WHERE cents < 500
